show(import.meta.env.VITE_JWT_SECRET, import.meta.env.VITE_MAPBOX_TOKEN);
