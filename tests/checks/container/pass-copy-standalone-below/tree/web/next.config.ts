export default { output: "standalone" }
