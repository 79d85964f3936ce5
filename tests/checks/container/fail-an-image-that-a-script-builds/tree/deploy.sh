docker build -t mail jobs/mail
