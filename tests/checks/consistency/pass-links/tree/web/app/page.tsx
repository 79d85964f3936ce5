import Link from "next/link";
export default ({ id }) => <p><Link href={`/shop/${id}`}>a</Link><a href="/old">t</a></p>;
