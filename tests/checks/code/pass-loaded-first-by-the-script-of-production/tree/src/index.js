console.log("starts");
