console.log("serves");
