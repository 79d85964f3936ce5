module.exports = {
  async headers() {
    return [{ source: '/(.*)', headers: [{ key: 'X-Frame-Options', value: 'DENY' }] }];
  },
  async redirects() {
    return [{ source: '/old', destination: '/', permanent: true }];
  },
};
