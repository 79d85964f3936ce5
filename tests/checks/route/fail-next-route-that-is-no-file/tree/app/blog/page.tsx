import { allPosts } from "@/generated/posts";
export default function Blog() { return <p>{allPosts.length}</p>; }
