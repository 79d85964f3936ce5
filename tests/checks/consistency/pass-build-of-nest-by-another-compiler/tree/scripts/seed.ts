console.log("seeds");
