import axios from 'axios';

const api = axios.create({ baseURL: `${import.meta.env.VITE_API_URL}/api` });

export async function show(id) {
  await api.get('/orders');
  await api.get(`/orders/${id}`);
  await api.get('/users');
  await api.get(`/users/${id}`);
  await api.get('/v1/search');
  await api.get('/status');
  await api.get('/team');
}
show(1);
