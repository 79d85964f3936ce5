helmet()
