console.log("mended");
