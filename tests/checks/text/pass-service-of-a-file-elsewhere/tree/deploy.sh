docker compose -f /srv/prod.compose.yml exec api npx prisma migrate deploy
