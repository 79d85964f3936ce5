module.exports = { redirects: async () => [{ source: "/imprint", destination: "/terms", permanent: true }] };
