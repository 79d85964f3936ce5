export async function POST( {{{
