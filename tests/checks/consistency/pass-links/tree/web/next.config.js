module.exports = { redirects: async () => [{ source: "/old", destination: "/", permanent: true }] };
