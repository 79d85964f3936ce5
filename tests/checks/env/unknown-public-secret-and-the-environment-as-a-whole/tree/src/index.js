show({ ...import.meta.env });
