import os
os.environ["X"]
