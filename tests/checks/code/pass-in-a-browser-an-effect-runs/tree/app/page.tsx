export default function Page() {
  return <p>text</p>;
}
