#!/bin/bash
set -e
docker compose up -d
echo "Then run: npx prisma migrate deploy"
cat <<EOF
  npx prisma migrate deploy
EOF
npx prisma migrate deploy || true
