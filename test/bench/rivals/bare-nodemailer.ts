// The least that any sender by nodemailer loads.
import { createTransport } from 'nodemailer';

export const handler = () => typeof createTransport;
