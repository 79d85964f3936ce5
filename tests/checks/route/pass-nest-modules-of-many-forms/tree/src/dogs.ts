import { Controller, Get, Module } from '@nestjs/common';
@Controller('dogs')
export class Dogs { @Get() all() { return find(); } }
@Module({})
export class DogsModule {
  static register(options: object) {
    return { module: DogsModule, controllers: [Dogs], providers: [{ provide: 'options', useValue: options }] };
  }
}
