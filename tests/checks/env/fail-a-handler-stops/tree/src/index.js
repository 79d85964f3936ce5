import express from 'express';
express().get('/', () => {
  if (!process.env.ORDERS_KEY) throw new Error('ORDERS_KEY is not set');
  use(process.env.ORDERS_KEY);
});
