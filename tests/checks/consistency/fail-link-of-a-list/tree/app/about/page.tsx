export default function About() {
  return <p>Us</p>;
}
