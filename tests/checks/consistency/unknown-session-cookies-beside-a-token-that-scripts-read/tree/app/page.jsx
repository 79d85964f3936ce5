'use client';
export default function Page() {
  const keep = (token) => localStorage.setItem('access_token', token);
  return <button onClick={() => keep('x')}>Hello</button>;
}
