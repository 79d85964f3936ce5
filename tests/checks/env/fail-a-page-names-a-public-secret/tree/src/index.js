show(import.meta.env.VITE_MAPBOX_TOKEN);
