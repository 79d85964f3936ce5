import { Image } from 'lucide-react';
export default function Page() {
  return <Image />;
}
