export default { testDir: "./test" };
