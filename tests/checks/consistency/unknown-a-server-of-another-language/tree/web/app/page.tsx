export default () => { fetch("/api/reports"); return null; };
