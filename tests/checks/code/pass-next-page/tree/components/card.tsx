import Image from 'next/image';
export const Card = () => <Image src="/a.png" alt="a" />;
