import express from 'express';
express().get('/', () => use(process.env.ORDERS_KEY));
