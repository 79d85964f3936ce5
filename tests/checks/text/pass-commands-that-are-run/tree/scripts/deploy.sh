#!/bin/bash
echo "Migrating" && npx prisma migrate deploy
ssh shop.test <<'EOF'
npx prisma migrate deploy
EOF
