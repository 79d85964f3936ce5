import { applyDecorators } from "@nestjs/common";
import { kept } from "@example/kept";

export const Staff = () => applyDecorators(kept);
