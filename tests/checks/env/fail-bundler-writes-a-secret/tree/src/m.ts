console.log(process.env.JWT_SECRET);
