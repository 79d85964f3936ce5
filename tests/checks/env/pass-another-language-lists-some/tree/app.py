import os
os.environ['ORDERS_KEY']
