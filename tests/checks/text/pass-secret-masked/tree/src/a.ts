const k = "sk_live_4eC39HqLyjWDarjtT1"
