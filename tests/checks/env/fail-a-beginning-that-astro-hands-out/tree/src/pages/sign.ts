export const GET = () => new Response(import.meta.env.PUBLIC_HMAC_SECRET);
