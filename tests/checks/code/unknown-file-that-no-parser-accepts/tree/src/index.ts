import './limits';
