import { getServerSession } from "next-auth";
export const GET = async () => Response.json(await getServerSession());
