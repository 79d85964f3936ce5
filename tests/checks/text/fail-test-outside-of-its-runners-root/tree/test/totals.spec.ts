describe('orders', () => {
  it('are listed', () => expect(1).toBe(1));
});
