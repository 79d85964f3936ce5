import Link from "next/link";
export default () => <p><Link href="/about">a</Link><a href="/terms">t</a><a href="/file.pdf">f</a><a href="/api/x">x</a></p>;
