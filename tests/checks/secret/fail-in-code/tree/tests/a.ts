cloud.config({ ü: 1, api_secret: 'Qz81kLpW3x-Vb72-mNcR4tYh_K' })
