const url = 'postgresql://app:Vk2pLq91xZ@db.prod-cloud.net:5432/app'
