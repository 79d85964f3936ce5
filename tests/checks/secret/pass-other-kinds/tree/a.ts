api_secret: 'Qz81kLpW3xVb72mNcR4tYhK'
