function validated() {
  const url = process.env.APP_URL;
  if (!url) {
    if (process.env.NODE_ENV === "production") {
      throw new Error("APP_URL is required");
    }
    return "http://localhost:3001";
  }
  return url;
}

export const address = validated();
