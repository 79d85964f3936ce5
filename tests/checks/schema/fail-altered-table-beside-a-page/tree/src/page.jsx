import { createClient } from '@supabase/supabase-js';
import { Table } from './table';

const client = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_KEY);

export const Page = async () => <Table rows={(await client.from('orders').select()).data} />;
