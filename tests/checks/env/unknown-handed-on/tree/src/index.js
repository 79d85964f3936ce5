import { load } from "some-config";
serve(load(process.env));
