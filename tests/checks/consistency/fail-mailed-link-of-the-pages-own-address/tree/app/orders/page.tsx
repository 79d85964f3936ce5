export default function Orders() { return <p>orders</p>; }
