export default function Page() {
  return <p>{(process.env.PUBLIC_HMAC_SECRET ?? '').length}</p>;
}
