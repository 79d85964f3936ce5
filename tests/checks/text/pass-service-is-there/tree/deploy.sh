docker compose exec backend npx prisma migrate deploy
