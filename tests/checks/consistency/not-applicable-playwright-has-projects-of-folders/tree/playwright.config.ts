const admin = process.env.ADMIN;
export default { testDir: './e2e', projects: [{ name: 'admin', testDir: admin }] };
