import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

@Injectable()
export class Hosts {
  constructor(private readonly config: ConfigService) {
    this.hosts = config.get('ADMIN_HOSTS');
    this.database = config.get('DATABASE_URL');
  }
}
